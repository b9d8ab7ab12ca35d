/** Decoration beside a figure that says the same in words; hidden from screen readers. */
export function Sparkline({ values, tone }: { readonly values: readonly number[]; readonly tone: string }) {
  const [width, height] = [120, 30];
  if (values.length < 2) return <svg className="spark" viewBox={`0 0 ${width} ${height}`} aria-hidden />;
  const top = Math.max(...values, 1e-9);
  const points = values.map((value, index) => {
    const x = (index / (values.length - 1)) * width;
    return `${x.toFixed(1)},${(height - 2 - (value / top) * (height - 5)).toFixed(1)}`;
  });
  return (
    <svg className={`spark tone-${tone}`} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden>
      <polygon points={`0,${height} ${points.join(' ')} ${width},${height}`} fill="var(--tone)" opacity="0.13" />
      <polyline
        points={points.join(' ')}
        fill="none"
        stroke="var(--tone)"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
