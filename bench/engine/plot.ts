export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly low: number; readonly high: number }[];
}

const PANEL = { width: 300, height: 240, left: 58, right: 14, top: 34, bottom: 44 } as const;
const GAP_TOP = 34;

/** One panel a series, both axes logarithmic, with a dashed line of slope 1: what grows linearly is never steeper. */
export function drawPlot(title: string, series: readonly Series[]): string {
  const ys = series.flatMap(({ points }) => points.map(({ y }) => y));
  const range = { y: decades(ys) };
  const panels = series.map((one, at) => panel(one, at * PANEL.width, range.y));
  const [width, height] = [PANEL.width * series.length, PANEL.height + GAP_TOP];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${width / 2}" y="20" text-anchor="middle" font-size="14">${escaped(title)}</text>
${panels.join('\n')}
</svg>
`;
}

type Range = readonly [low: number, high: number];

function decades(values: readonly number[]): Range {
  const low = Math.floor(Math.log10(Math.min(...values)));
  return [low, Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))))];
}

function panel({ name, points }: Series, left: number, yRange: Range): string {
  const xRange = decades(points.map(({ x }) => x));
  const inner = { w: PANEL.width - PANEL.left - PANEL.right, h: PANEL.height - PANEL.top - PANEL.bottom };
  const x = (value: number) => PANEL.left + (inner.w * (Math.log10(value) - xRange[0])) / (xRange[1] - xRange[0]);
  const y = (value: number) => PANEL.top + inner.h * (1 - (Math.log10(value) - yRange[0]) / (yRange[1] - yRange[0]));
  const bottom = PANEL.top + inner.h;
  const at = (value: number) => value.toFixed(1);
  const vertical = ticks(xRange).map(
    (tick) =>
      `<line x1="${at(x(tick))}" x2="${at(x(tick))}" y1="${PANEL.top}" y2="${bottom}" stroke="#ddd"/><text x="${at(x(tick))}" y="${bottom + 14}" text-anchor="middle">${short(tick)}</text>`,
  );
  const horizontal = ticks(yRange).map(
    (tick) =>
      `<line x1="${PANEL.left}" x2="${PANEL.left + inner.w}" y1="${at(y(tick))}" y2="${at(y(tick))}" stroke="#ddd"/><text x="${PANEL.left - 6}" y="${at(y(tick) + 4)}" text-anchor="end">${time(tick)}</text>`,
  );
  const line = points.map((point) => `${at(x(point.x))},${at(y(point.y))}`).join(' ');
  const dots = points.map(
    (point) =>
      `<circle cx="${at(x(point.x))}" cy="${at(y(point.y))}" r="3" fill="#1f6feb"><title>${short(point.x)}: ${time(point.y)}</title></circle>`,
  );
  return `<g transform="translate(${left} ${GAP_TOP - 10})">
${[...vertical, ...horizontal].join('\n')}
${slopeOne(points, { x, y, top: PANEL.top })}
<polyline points="${line}" fill="none" stroke="#1f6feb" stroke-width="2"/>
${dots.join('\n')}
<text x="${PANEL.left + inner.w / 2}" y="${PANEL.height - 10}" text-anchor="middle">${escaped(name)}</text>
</g>`;
}

/** From the last point back to where it meets the first one's x: above the line drawn when growth is slower than linear. */
function slopeOne(
  points: Series['points'],
  scale: { x: (value: number) => number; y: (value: number) => number; top: number },
): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || first === last) return '';
  const from = first.y;
  const end = from * (last.x / first.x);
  // Cut where the panel ends.
  const clipped = Math.max(scale.top, scale.y(end));
  const share = (scale.y(from) - clipped) / (scale.y(from) - scale.y(end));
  const endX = scale.x(first.x) + (scale.x(last.x) - scale.x(first.x)) * share;
  return `<line x1="${scale.x(first.x).toFixed(1)}" y1="${scale.y(from).toFixed(1)}" x2="${endX.toFixed(1)}" y2="${clipped.toFixed(1)}" stroke="#999" stroke-dasharray="4 3"/>`;
}

function ticks([low, high]: Range): number[] {
  return Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at));
}

function short(value: number): string {
  return value >= 1e6 ? `${value / 1e6}M` : value >= 1000 ? `${value / 1000}k` : String(value);
}

function time(micros: number): string {
  if (micros >= 1e6) return `${round(micros / 1e6)} s`;
  return micros >= 1000 ? `${round(micros / 1000)} ms` : `${round(micros)} us`;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

const BAR_WIDTH = 40;

/** The same for a terminal: bars on a logarithmic scale, and the slope to the point before (1 = linear). */
export function textPlot(series: readonly Series[]): string {
  const [low, high] = decades(series.flatMap(({ points }) => points.map(({ y }) => y)));
  const blocks = series.map(({ name, points }) => {
    const lines = points.map(({ x, y }, at) => {
      const before = points[at - 1];
      const slope = before === undefined ? '' : `slope ${slopeBetween(before, { x, y }).toFixed(2)}`;
      const bar = '#'.repeat(Math.max(1, Math.round((BAR_WIDTH * (Math.log10(y) - low)) / (high - low))));
      return `${short(x).padStart(8)} ${bar.padEnd(BAR_WIDTH)} ${time(y).padStart(9)}  ${slope}`.trimEnd();
    });
    return [`\n${name}`, ...lines].join('\n');
  });
  return blocks.join('\n');
}

interface At {
  readonly x: number;
  readonly y: number;
}

export function slopeBetween(from: At, to: At): number {
  return Math.log(to.y / from.y) / Math.log(to.x / from.x);
}
