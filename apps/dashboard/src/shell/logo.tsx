export function Logo() {
  return (
    <span className="logo">
      <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden>
        <rect width="32" height="32" rx="7" fill="#0f766e" />
        <path
          d="M5 20c3 0 3-3 5.500-3s2.500 3 5.500 3 3-3 5.500-3 2.500 3 5.500 3"
          fill="none"
          stroke="#fff"
          strokeWidth="2.5"
          strokeLinecap="round"
        />
        <path d="M8 6v7M16 6v7M24 6v7" stroke="#99f6e4" strokeWidth="2.5" strokeLinecap="round" />
      </svg>
      Seawall
    </span>
  );
}
