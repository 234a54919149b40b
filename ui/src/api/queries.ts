import {
  type InfiniteData,
  keepPreviousData,
  QueryClient,
  queryOptions,
  replaceEqualDeep,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { call, type RequestOf, type ResponseOf } from './call';
import { type Failure, toFailure } from './failure';
import { type OperationName as Operation, operations } from './generated/operations';
import type {
  BrowsePage,
  BrowseRequest,
  GameListRequest,
  GamePage,
  GameShowRequest,
  GameView,
  SnapshotListRequest,
  SnapshotPage,
  Tag,
} from './generated/types';

const RETRIES = 2;
/** How long the events of a game count as known, milliseconds. */
const KNOWN_MS = 60_000;

/** The cache of everything read through the contract; keys are `[operation, request]`. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        networkMode: 'always',
        refetchOnWindowFocus: false,
        retry: (count, error) => toFailure(error).transient && count < RETRIES,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

/** The query of one read operation. */
export function readOptions<O extends Operation>(operation: O, request: RequestOf<O>) {
  return queryOptions<ResponseOf<O>, Failure>({
    queryKey: [operation, request],
    queryFn: async ({ client }) => {
      const answer = await call(operation, request);
      return replaceEqualDeep(latestAnswer(client, operation), answer);
    },
  });
}

/**
 * The query of a game at one moment. The events and the findings are the same at every moment: they are
 * read once, and each further moment without them.
 */
export function gameOptions(request: GameShowRequest) {
  const whole = readOptions('game.show', { ...request, seq: null });
  if (request.seq === null) return whole;
  return queryOptions<GameView, Failure>({
    queryKey: ['game.show', request, 'moment'],
    queryFn: async ({ client }) => {
      // Tried again are both together.
      const read = (staleTime: number) => client.fetchQuery({ ...whole, staleTime, retry: false });
      const [known, moment] = await Promise.all([
        read(KNOWN_MS),
        call('game.show', { ...request, momentOnly: true }),
      ]);
      // A game goes on while it is looked at.
      const log = known.lastSeq === moment.lastSeq ? known : await read(0);
      const { row, lastSeq, events, findings } = log;
      const answer = { ...moment, row, lastSeq, events, findings };
      return replaceEqualDeep(latestAnswer(client, 'game.show'), answer);
    },
  });
}

/** Reads a game at one moment, and shows the one before until it is there. */
export function useGame(request: GameShowRequest, every: number | false) {
  return useQuery({
    ...gameOptions(request),
    refetchInterval: every,
    placeholderData: keepPreviousData,
    select: shared<GameView>,
  });
}

/**
 * The newest answer of an operation. A new one takes over the parts that are equal: every moment of a
 * game comes with all its events, and hundreds of copies of them would make collecting garbage felt.
 */
function latestAnswer(client: QueryClient, operation: Operation): unknown {
  const [first, ...others] = client.getQueryCache().findAll({ queryKey: [operation] });
  return others.reduce(
    (newest, query) => (query.state.dataUpdatedAt > (newest?.state.dataUpdatedAt ?? 0) ? query : newest),
    first,
  )?.state.data;
}

interface ReadSettings {
  /** Milliseconds between refreshes; none when absent. */
  every?: number | false;
  /** Shows the last answer while the next one for another request is fetched. */
  keep?: boolean;
  enabled?: boolean;
}

/**
 * An answer as it is. Only what a read selects is compared with what the same place showed before, so
 * with it the parts that two answers share stay the same objects, and what draws them is spared.
 */
const shared = <T>(answer: T): T => answer;

/** Reads one operation and follows its cache tags. */
export function useRead<O extends Operation>(
  operation: O,
  request: RequestOf<O>,
  { every, keep, enabled }: ReadSettings = {},
) {
  return useQuery({
    ...readOptions(operation, request),
    refetchInterval: every ?? false,
    enabled: enabled ?? true,
    placeholderData: keep ? keepPreviousData : undefined,
    select: keep ? shared<ResponseOf<O>> : undefined,
  });
}

/**
 * Runs one mutating operation and drops what it declares to have changed. `then` is called even when
 * the component that began it is gone by the time of the answer.
 */
export function useRun<O extends Operation>(
  operation: O,
  then?: (response: ResponseOf<O>, request: RequestOf<O>) => void,
) {
  const client = useQueryClient();
  return useMutation<ResponseOf<O>, Failure, RequestOf<O>>({
    mutationFn: (request) => call(operation, request),
    onSuccess: (response, request) => {
      void invalidateTags(client, operations[operation].invalidates);
      then?.(response, request);
    },
  });
}

/** Marks every cached read that provides one of the tags as stale and refetches what is on screen. */
export function invalidateTags(client: QueryClient, tags: readonly Tag[]): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ queryKey: [name] }) =>
      operations[name as Operation].provides.some((tag) => tags.includes(tag)),
  });
}

/** Games page by page; pages follow the cache tags of `game.list`. */
export function useGamePages(request: Omit<GameListRequest, 'cursor'>, every: number | false) {
  return useInfiniteQuery<GamePage, Failure, InfiniteData<GamePage>, readonly unknown[], string | null>({
    queryKey: ['game.list', request, 'pages'],
    queryFn: ({ pageParam }) => call('game.list', { ...request, cursor: pageParam }),
    initialPageParam: null,
    getNextPageParam: (page) => page.cursor,
    placeholderData: keepPreviousData,
    refetchInterval: every,
  });
}

/** Snapshots page by page; pages follow the cache tags of `snapshot.list`. */
export function useSnapshotPages(request: Omit<SnapshotListRequest, 'cursor'>, every: number) {
  return useInfiniteQuery<
    SnapshotPage,
    Failure,
    InfiniteData<SnapshotPage>,
    readonly unknown[],
    string | null
  >({
    queryKey: ['snapshot.list', request, 'pages'],
    queryFn: ({ pageParam }) => call('snapshot.list', { ...request, cursor: pageParam }),
    refetchInterval: every,
    initialPageParam: null,
    getNextPageParam: (page) => page.cursor,
    placeholderData: keepPreviousData,
  });
}

/** Documents inside a backup page by page. What lies in a set never changes, so pages are kept. */
export function useBrowsePages(request: Omit<BrowseRequest, 'cursor'>) {
  return useInfiniteQuery<BrowsePage, Failure, InfiniteData<BrowsePage>, readonly unknown[], string | null>({
    queryKey: ['backup.browse', request, 'pages'],
    queryFn: ({ pageParam }) => call('backup.browse', { ...request, cursor: pageParam }),
    initialPageParam: null,
    getNextPageParam: (page) => page.cursor,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
