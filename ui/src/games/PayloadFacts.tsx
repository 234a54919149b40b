import type { JsonValue, SeatView } from '../api';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { shortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { isJsonObject, type JsonMembers } from '../shared/json';
import styles from './game.module.css';
import { SEAT_FIELDS, SEAT_LISTS } from './payload-fields';
import { RulesFacts } from './RulesFacts';

const WORDS = new Set(['approve', 'reject', 'approved', 'rejected', 'success', 'fail', 'good', 'evil']);
const CRIMSON = new Set(['fail', 'evil']);
const AZURE = new Set(['success', 'good']);

interface PayloadFactsProps {
  payload: JsonValue;
  seats: SeatView[];
}

/** An event's payload field by field, seats by their number. */
export function PayloadFacts({ payload, seats }: PayloadFactsProps) {
  const { t } = useTranslation();
  if (!isJsonObject(payload)) return null;
  const entries = Object.entries(payload).filter(([, value]) => value !== null && value !== undefined);
  if (entries.length === 0) return <p className={styles.note}>{t('game.event.sealed')}</p>;
  return (
    <dl className={styles.payload}>
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{codeText('field', name) ?? name}</dt>
          <dd>
            <FieldValue name={name} value={value as JsonValue} seats={seats} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface FieldValueProps {
  name: string;
  value: JsonValue;
  seats: SeatView[];
}

function FieldValue({ name, value, seats }: FieldValueProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (SEAT_FIELDS.has(name)) return <SeatName of={value} seats={seats} />;
  if (SEAT_LISTS.has(name) && Array.isArray(value)) {
    return (
      <span className={styles.seatList}>
        {value.map((seat) => (
          <SeatName key={String(seat)} of={seat} seats={seats} />
        ))}
      </span>
    );
  }
  if (name === 'deadline' && typeof value === 'number') return <>{format.absolute(value)}</>;
  if (name === 'reason' && typeof value === 'string') return <>{codeText('reason', value) ?? value}</>;
  if (typeof value === 'boolean') return <>{t(value ? 'common.yes' : 'common.no')}</>;
  if (typeof value === 'number') return <>{format.number(value)}</>;
  if (typeof value === 'string') return <Word value={value} />;
  if (isJsonObject(value) && (name === 'votes' || name === 'roles' || name === 'sides')) {
    return <BySeat values={value} seats={seats} />;
  }
  if (isJsonObject(value) && name === 'knowledge') return <Knowledge told={value} seats={seats} />;
  if (isJsonObject(value) && name === 'profile') return <RulesFacts rules={value} />;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) {
    return <>{value.map((one) => codeText('word', one) ?? one).join(' · ')}</>;
  }
  return <pre className={styles.json}>{JSON.stringify(value, null, 1)}</pre>;
}

function Word({ value }: { value: string }) {
  const role = codeText('role', value);
  if (role) return <>{role}</>;
  if (!WORDS.has(value)) return <span className={styles.plain}>{value}</span>;
  const tone = AZURE.has(value) ? styles.good : CRIMSON.has(value) ? styles.evil : '';
  return <strong className={tone}>{codeText('word', value) ?? value}</strong>;
}

function BySeat({ values, seats }: { values: JsonMembers; seats: SeatView[] }) {
  return (
    <ul className={styles.bySeat}>
      {seats
        .filter(({ playerId }) => playerId in values)
        .map(({ playerId }) => (
          <li key={playerId}>
            <SeatName of={playerId} seats={seats} /> <Word value={String(values[playerId])} />
          </li>
        ))}
    </ul>
  );
}

/** Who was told what of whom at the deal. */
function Knowledge({ told, seats }: { told: JsonMembers; seats: SeatView[] }) {
  return (
    <ul className={styles.bySeat}>
      {seats.map(({ playerId }) => {
        const marks = told[playerId];
        if (!isJsonObject(marks) || Object.keys(marks).length === 0) return null;
        return (
          <li key={playerId}>
            <SeatName of={playerId} seats={seats} />
            <div className={styles.told}>
              <BySeat values={marks} seats={seats} />
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** A seat by its number; events name it by place or by player. */
export function SeatName({ of, seats }: { of: JsonValue; seats: SeatView[] }) {
  const { t } = useTranslation();
  const seat = typeof of === 'number' ? of : seats.find(({ playerId }) => playerId === of)?.seat;
  if (seat === undefined) return <>{shortId(String(of))}</>;
  const player = seats[seat];
  return (
    <span title={player?.playerId}>
      {t('game.seat', { seat: seat + 1 })}
      {player?.nick && ` ${player.nick}`}
    </span>
  );
}
