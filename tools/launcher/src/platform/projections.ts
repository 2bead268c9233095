import { gatewayCalls, routingCalls, tenancyCalls } from '@claw/contracts';

/** The calls by which services rebuild what they keep; each names its projections itself. */
const rebuildCalls = [tenancyCalls.rebuild, routingCalls.rebuild, gatewayCalls.rebuild] as const;

const namesIn = (call: (typeof rebuildCalls)[number]): readonly string[] =>
  call.request.shape.projection.options;

/** Every projection that can be rebuilt. */
export const projections: readonly string[] = rebuildCalls.flatMap(namesIn);

export interface RebuildCall {
  readonly subject: string;
  readonly counts: (typeof rebuildCalls)[number]['reply'];
}

/** The call that rebuilds a projection, or nothing where no service keeps one of that name. */
export const rebuildCallFor = (projection: string): RebuildCall | undefined => {
  const call = rebuildCalls.find((each) => namesIn(each).includes(projection));
  return call === undefined ? undefined : { subject: call.subject, counts: call.reply };
};
