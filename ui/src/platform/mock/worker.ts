import type { Platform } from '../platform';
import { createMockPlatform } from '.';
import type { FromService, ToService } from './apart';

let service: Platform | null = null;

const tell = (message: FromService) => postMessage(message);

async function answer(id: number, operation: string, request: unknown): Promise<void> {
  try {
    tell({ id, answer: await service?.call(operation, request) });
  } catch (refused) {
    tell({ id, refused });
  }
}

addEventListener('message', ({ data }: MessageEvent<ToService>) => {
  if ('options' in data) {
    service = createMockPlatform(data.options);
    void service.subscribe((event) => tell({ event }));
    return;
  }
  void answer(data.id, data.operation, data.request);
});
