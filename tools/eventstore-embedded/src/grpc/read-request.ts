import { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import { nameFault } from '../rules/system-streams';
import { type EventFilter, eventFilter } from '../rules/event-filter';
import { streamNameOf } from '../wire/identifiers';
import { invalidArgument } from '../wire/service-errors';

export interface ReadRequest {
  /** Undefined for the whole log, `$all`. */
  readonly stream: string | undefined;
  /** Where to begin, a revision or a position in the log: -1 for the start, Infinity for the end. */
  readonly from: number;
  readonly backwards: boolean;
  /** How many events are wanted at the most; a subscription wants all there ever are. */
  readonly count: number | 'subscription';
  readonly accepts: EventFilter;
  /** How many events are looked at from one checkpoint to the next; Infinity where none is wanted. */
  readonly checkpointInterval: number;
  readonly resolveLinks: boolean;
  readonly structuredIds: boolean;
}

/** Throws a ServiceError where the request makes no sense. */
export const parseReadRequest = (request: ReadReq): ReadRequest => {
  const options = request.getOptions();
  if (options === undefined) throw invalidArgument('a read needs options');
  return {
    ...parseTarget(options),
    backwards: options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS,
    count: options.hasSubscription() ? 'subscription' : Number(options.getCount()),
    ...parseFilter(options.getFilter()),
    resolveLinks: options.getResolveLinks(),
    structuredIds: options.getUuidOption()?.hasStructured() ?? false,
  };
};

const parseTarget = (options: ReadReq.Options): Pick<ReadRequest, 'stream' | 'from'> => {
  const stream = options.getStream();
  if (stream !== undefined) {
    const name = streamNameOf(stream.getStreamIdentifier());
    const fault = nameFault(name);
    if (fault !== undefined) throw invalidArgument(fault);
    return { stream: name, from: stream.hasRevision() ? Number(stream.getRevision()) : boundary(stream) };
  }
  const all = options.getAll();
  if (all === undefined) throw invalidArgument('a read needs a stream or all');
  const position = all.getPosition();
  return { stream: undefined, from: position ? Number(position.getCommitPosition()) : boundary(all) };
};

const boundary = (options: { hasEnd(): boolean }): number => (options.hasEnd() ? Infinity : -1);

const DEFAULT_SEARCH_WINDOW = 32;

const parseFilter = (
  options: ReadReq.Options.FilterOptions | undefined,
): Pick<ReadRequest, 'accepts' | 'checkpointInterval'> => {
  const byStream = options?.getStreamIdentifier();
  const expression = byStream ?? options?.getEventType();
  if (options === undefined || expression === undefined)
    return { accepts: () => true, checkpointInterval: Infinity };
  const window = options.hasMax() ? options.getMax() : DEFAULT_SEARCH_WINDOW;
  const checkpointInterval = Math.max(1, window) * Math.max(1, options.getCheckpointintervalmultiplier());
  const [regex, prefixes] = [expression.getRegex(), expression.getPrefixList()];
  try {
    return {
      accepts: eventFilter({ on: byStream ? 'stream' : 'type', regex, prefixes }),
      checkpointInterval,
    };
  } catch {
    throw invalidArgument(`the filter's regular expression is none: ${regex}`);
  }
};
