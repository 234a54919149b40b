import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { createQueryClient, type InvariantView } from '../api';
import { replacePlatform } from '../platform';
import { createMockPlatform } from '../platform/mock';
import { PreferencesProvider } from '../shared/preferences';
import { Invariants } from './Invariants';

it('shows in English what an earlier version found, which has no sentences', async () => {
  replacePlatform(createMockPlatform());
  const { sentences, ...earlier }: InvariantView = {
    id: 'B-CONSISTENT-CUT',
    severity: 'F',
    repair: 'NONE',
    verdict: 'broken',
    reason: null,
    count: 1,
    details: ['game G has no events'],
    sentences: [],
  };
  expect(sentences).toEqual([]);
  render(
    <QueryClientProvider client={createQueryClient()}>
      <PreferencesProvider>
        <Invariants invariants={[earlier as InvariantView]} />
      </PreferencesProvider>
    </QueryClientProvider>,
  );
  expect(await screen.findByText('game G has no events')).toHaveAttribute('lang', 'en');
});
