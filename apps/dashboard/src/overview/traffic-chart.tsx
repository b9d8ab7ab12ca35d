import 'uplot/dist/uPlot.min.css';
import type { SeriesPoint } from '@seawall/contract';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { clockTime, formatCount, type Language } from '../show/format.ts';
import { lookOf } from '../show/verdict.tsx';
import { useLanguage, useText, type Say } from '../text/text.ts';

export const SERIES = ['passed', 'noted', 'limited', 'blocked', 'diverted', 'failed'] as const;
const HEIGHT = 240;

/** Stopped and noted requests as lines over the area of what passed. The table beside it says the same to those who cannot see it. */
export function TrafficChart({
  series,
  label,
  pointed,
}: {
  readonly series: readonly SeriesPoint[];
  readonly label: string;
  readonly pointed: (index: number | undefined) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const language = useLanguage();
  const say = useText();
  const scheme = useComputedColorScheme('dark');
  const calls = useRef(pointed);
  calls.current = pointed;
  const data = useRef<UPlot.AlignedData>([[]]);
  data.current = columnsOf(series);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const made = new UPlot(
      optionsFor(element, say, language, (index) => calls.current(index)),
      data.current,
      element,
    );
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = undefined;
    };
    // `say` changes with the language only
  }, [scheme, language]);
  useEffect(() => plot.current?.setData(data.current), [series]);
  return <div className="chart" ref={box} role="img" aria-label={label} />;
}

function columnsOf(series: readonly SeriesPoint[]): UPlot.AlignedData {
  return [series.map((point) => point.timeMs / 1000), ...SERIES.map((name) => series.map((point) => point[name]))];
}

function optionsFor(
  element: HTMLElement,
  say: Say,
  language: Language,
  pointed: (index: number | undefined) => void,
): UPlot.Options {
  const styles = getComputedStyle(element);
  const colour = (name: string) => styles.getPropertyValue(`--${name}`).trim();
  const axis: UPlot.Axis = {
    stroke: colour('dim'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    cursor: { y: false, points: { size: 7 } },
    legend: { show: false },
    hooks: { setCursor: [(plot) => pointed(plot.cursor.idx ?? undefined)] },
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.08)] } },
    axes: [
      { ...axis, values: (_plot, ticks) => ticks.map((tick) => clockTime(tick * 1000, language).slice(0, 5)) },
      { ...axis, size: 52, values: (_plot, ticks) => ticks.map((tick) => formatCount(tick, language)) },
    ],
    series: [
      { label: say('column.time'), value: (_plot, value) => (value === null ? '' : clockTime(value * 1000, language)) },
      ...SERIES.map((name): UPlot.Series => {
        const { tone, word } = lookOf(name);
        return {
          label: say(word),
          stroke: colour(tone),
          width: name === 'passed' ? 1 : 1.75,
          ...(name === 'passed' ? { fill: `color-mix(in srgb, ${colour(tone)} 14%, transparent)` } : {}),
          ...(name === 'failed' ? { dash: [4, 3] } : {}),
          points: { show: false },
          value: (_plot, value) => (value === null ? '' : formatCount(value, language)),
        };
      }),
    ],
  };
}
