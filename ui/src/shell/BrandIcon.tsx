/** The sword in the ring. */
export function BrandIcon({ size = 22 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinejoin="round"
      aria-hidden="true"
      style={{ color: 'var(--av-gold)', flex: 'none' }}
    >
      <path d="M12 2v13M8.5 7.5h7M12 15l-2.2 2.6L12 22l2.2-4.4z" />
      <circle cx="12" cy="12" r="10" opacity=".35" />
    </svg>
  );
}
