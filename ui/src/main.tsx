import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient, followEvents } from './api';
import { startTexts } from './i18n';
import { TranslationProvider } from './i18n/TranslationProvider';
import { openPlatform } from './platform';
import { rememberedAppearance } from './shared/appearance-memory';
import { PreferencesProvider } from './shared/preferences';
import { createWindowRouter } from './shell/router';
import './theme/base.css';

async function start(root: HTMLElement): Promise<void> {
  await Promise.all([openPlatform(), startTexts(rememberedAppearance().language)]);
  const client = createQueryClient();
  const router = createWindowRouter();
  followEvents(client);
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <TranslationProvider>
          <PreferencesProvider>
            <RouterProvider router={router} />
          </PreferencesProvider>
        </TranslationProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}

const root = document.getElementById('root');
if (root) void start(root);
