import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, expect, it } from 'vitest';
import { createQueryClient, type FindingView, type Language, type SeatView, type Sentence } from '../api';
import { switchLanguage } from '../i18n';
import { replacePlatform } from '../platform';
import { createMockPlatform } from '../platform/mock';
import { told } from '../platform/mock/told';
import { PreferencesProvider } from '../shared/preferences';
import { Findings } from './Findings';

const CLIENT = createQueryClient();

function Around({ children }: { children: ReactNode }) {
  return (
    <QueryClientProvider client={CLIENT}>
      <PreferencesProvider>{children}</PreferencesProvider>
    </QueryClientProvider>
  );
}

function seat(number: number, nick: string | null): SeatView {
  return { seat: number, playerId: `p${number + 1}`, nick } as SeatView;
}
const SEATS = [seat(0, '青衫'), seat(1, null)];

/** The list as it stands in a language, a line for each finding. */
async function listed(language: Language, sentences: { detail: string; sentence: Sentence }[]) {
  replacePlatform(createMockPlatform({ language }));
  await switchLanguage(language);
  const findings: FindingView[] = sentences.map((sentence, at) => ({
    id: 'M-ONCE',
    severity: 'E',
    seq: at + 1,
    repair: 'HUMAN',
    ...sentence,
  }));
  const { container } = render(<Findings findings={findings} seats={SEATS} onGo={() => {}} />, {
    wrapper: Around,
  });
  return {
    lines: screen.getAllByTestId('finding').map((line) => line.lastElementChild?.textContent),
    english: [...container.querySelectorAll('[lang="en"]')].map(({ textContent }) => textContent),
  };
}

afterEach(() => switchLanguage('en'));

const SECOND_CARD = told('{player} plays a second card', { player: 'p1' });
const NOT_ALLOWED = told('{event} is not allowed {when}', {
  event: 'LadyUsed',
  when: { form: 'while a team is voted on', values: {} },
});
const WRONG_LEADER = told('the leader is {leader}, by the rotation {seat}', {
  leader: 'p2',
  seat: { form: 'seat {seat}', values: { seat: '3' } },
});
const SHOWN = told('{player} is {side}, shown is {side_shown}', {
  player: 'p9',
  side: 'good',
  side_shown: 'evil',
});

it('tells what is wrong in Chinese', async () => {
  const { lines, english } = await listed('zh-CN', [SECOND_CARD, NOT_ALLOWED, WRONG_LEADER, SHOWN]);
  expect(lines).toEqual([
    '青衫 出了第二张牌',
    '队伍投票时不允许“使用湖中仙女”',
    '队长为 2 号，按顺序应为 4 号',
    'p9 是好人，显示的却是坏人',
  ]);
  expect(english).toEqual([]);
});

it('tells the same in English', async () => {
  const { lines } = await listed('en', [SECOND_CARD, NOT_ALLOWED, WRONG_LEADER]);
  expect(lines).toEqual([
    '青衫 plays a second card',
    'Lady of the Lake used is not allowed while a team is voted on',
    'the leader is Seat 2, by the rotation seat 4',
  ]);
});

it('marks the English of what it does not know', async () => {
  const problem = 'expected value at line 1 column 1';
  const newer = told('{player} did what this window has never heard of', { player: 'p1' });
  const older = { detail: 'p1 did it long ago', sentence: { form: '', values: {} } };
  const { lines, english } = await listed('zh-CN', [newer, older, told('{problem}', { problem })]);
  expect(lines).toEqual([newer.detail, older.detail, problem]);
  expect(english).toEqual(lines);
});
