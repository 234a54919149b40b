/** Shapes of the table, each drawn around its own origin. */

export function Crown() {
  return <path d="M-8 -4 l3 9 h10 l3 -9 -5 4 -3 -7 -3 7z" fill="var(--av-gold)" stroke="var(--av-surface)" />;
}

export function LadyToken() {
  return (
    <g>
      <circle r="9" fill="var(--av-surface)" stroke="var(--av-text-secondary)" strokeWidth="1.5" />
      <path
        d="M-5 -1 q2.5 -3 5 0 t5 0 M-5 3 q2.5 -3 5 0 t5 0"
        fill="none"
        stroke="var(--av-text-secondary)"
        strokeWidth="1.5"
      />
    </g>
  );
}

export function Excalibur() {
  return (
    <g>
      <circle r="9" fill="var(--av-surface)" stroke="var(--av-gold)" strokeWidth="1.5" />
      <path d="M0 -6 V4 M-3 2 H3 M0 4 V6" stroke="var(--av-gold)" strokeWidth="1.6" />
    </g>
  );
}

/** A raised vote: a bright card with a tick approves, a dark one with a cross rejects. */
export function VoteCard({ vote }: { vote: boolean | null }) {
  const fill = vote === false ? 'var(--av-text-secondary)' : 'var(--av-surface)';
  const ink = vote === false ? 'var(--av-surface)' : 'var(--av-text)';
  return (
    <g>
      <rect x="-9" y="-12" width="18" height="24" rx="3" fill={fill} stroke="var(--av-text-secondary)" />
      {vote === true && <path d="M-4.5 0.5 l3 3.5 6 -7.5" fill="none" stroke={ink} strokeWidth="1.8" />}
      {vote === false && <path d="M-4 -4 l8 8 M4 -4 l-8 8" stroke={ink} strokeWidth="1.8" />}
      {vote === null && (
        <path d="M-5 -8 h10 v16 h-10z" fill="none" stroke="var(--av-line)" strokeWidth="1.5" />
      )}
    </g>
  );
}

/** A quest card as a shield; without a value it lies face down. */
export function CardShield({ card }: { card: boolean | null }) {
  const tone = card === null ? 'var(--av-text-tertiary)' : card ? 'var(--av-good)' : 'var(--av-evil)';
  return (
    <g>
      <path
        d="M-9 -10 h18 v8 q0 9 -9 13 q-9 -4 -9 -13z"
        fill={card === null ? 'var(--av-raised)' : tone}
        stroke={tone}
        strokeWidth="1.5"
      />
      {card === true && (
        <path d="M-4 -1 l3 3.5 5.5 -7" fill="none" stroke="var(--av-surface)" strokeWidth="2" />
      )}
      {card === false && <path d="M-3.5 -5 l7 7 M3.5 -5 l-7 7" stroke="var(--av-surface)" strokeWidth="2" />}
    </g>
  );
}
