import { Tooltip } from 'antd';
import { useFormat, useNow } from './use-format';

interface MomentProps {
  /** Unix time in milliseconds. */
  at: number;
  /** Which of the two is in the text; the other is in the tooltip. */
  show?: 'relative' | 'time';
}

/** A point in time: relative and absolute, one of them on hover. */
export function Moment({ at, show = 'relative' }: MomentProps) {
  const format = useFormat();
  const now = useNow();
  const text = show === 'relative' ? format.relative(at, now) : format.time(at, now);
  const other = show === 'relative' ? '' : ` · ${format.relative(at, now)}`;
  return (
    <Tooltip title={`${format.absolute(at)}${other}`}>
      <time dateTime={new Date(at).toISOString()}>{text}</time>
    </Tooltip>
  );
}
