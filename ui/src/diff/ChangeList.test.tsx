import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, it, vi } from 'vitest';
import { createQueryClient, type Fact, type SeatView, type WeightedFact } from '../api';
import { replacePlatform } from '../platform';
import { createMockPlatform } from '../platform/mock';
import { PreferencesProvider } from '../shared/preferences';
import { ChangeList } from './ChangeList';

function Around({ children }: { children: ReactNode }) {
  return (
    <QueryClientProvider client={CLIENT}>
      <PreferencesProvider>{children}</PreferencesProvider>
    </QueryClientProvider>
  );
}

const CLIENT = createQueryClient();
const SEATS: SeatView[] = [];
const quest = (number: number): Fact => ({
  kind: 'quest',
  quest: number,
  team: null,
  cards: [],
  played: { before: null, after: [] },
  excalibur: null,
  decided: null,
  switched: null,
  fails: null,
  result: null,
});
const course = (facts: Fact[]): WeightedFact[] => facts.map((fact) => ({ weight: 'course', fact }));

it('shows what the event at hand changed, and nothing of the one before', () => {
  replacePlatform(createMockPlatform({ language: 'en' }));
  const complained = vi.spyOn(console, 'error');
  const created = course([1, 2, 3, 4, 5].map(quest));
  const { rerender } = render(<ChangeList changes={created} seats={SEATS} />, {
    wrapper: Around,
  });
  expect(screen.getAllByRole('listitem')).toHaveLength(5);
  const track: Fact = { kind: 'vote_track', rejections: { before: 0, after: 1 } };
  rerender(<ChangeList changes={course([track])} seats={SEATS} />);
  expect(screen.getAllByRole('listitem')).toHaveLength(1);
  expect(complained).not.toHaveBeenCalled();
});
