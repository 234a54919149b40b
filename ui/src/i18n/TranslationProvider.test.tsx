import { act, render, screen } from '@testing-library/react';
import { memo } from 'react';
import { afterEach, expect, it } from 'vitest';
import { switchLanguage } from '.';
import { codeText } from './code';
import { TranslationProvider } from './TranslationProvider';
import { useTranslation } from './use-translation';

afterEach(() => switchLanguage('en'));

const Words = memo(function Words({ seat }: { seat: number }) {
  const { t } = useTranslation();
  return (
    <p>
      {t('game.seat', { seat })} · {t('game.tab.events')} · {codeText('gamePhase', 'QUEST')}
    </p>
  );
});

it('tells each text by its values, again and in the other language', async () => {
  const words = (seat: number) => (
    <TranslationProvider>
      <Words seat={seat} />
    </TranslationProvider>
  );
  const { rerender } = render(words(3));
  const first = screen.getByText(/Seat 3/).textContent;
  rerender(words(4));
  expect(screen.getByText(/Seat 4/)).toBeVisible();
  rerender(words(3));
  expect(screen.getByText(/Seat 3/).textContent).toBe(first);
  await act(() => switchLanguage('zh-CN'));
  expect(screen.getByText(/3 号/).textContent).not.toContain('Seat');
  await act(() => switchLanguage('en'));
  expect(screen.getByText(/Seat 3/).textContent).toBe(first);
});

it('remembers that a code has no text', () => {
  expect(codeText('event', 'NobodyKnowsIt')).toBeNull();
  expect(codeText('event', 'NobodyKnowsIt')).toBeNull();
});
