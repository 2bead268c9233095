/** Linq's code for a message that it doesn't know: the one replied or reacted to. */
export const carrierMessageUnknown = 2002;
/** Linq's code where a recipient can't be reached by what was asked for. */
const carrierServiceUnavailable = 4005;

/** What a refusal, or a delivery that failed, is called towards agents, by the carrier's own code for it. */
export const refusalCode = (
  carrierCode: number | null,
): 'message_not_found' | 'service_unavailable_for_recipient' | 'carrier_rejected' => {
  switch (carrierCode) {
    case carrierMessageUnknown:
      return 'message_not_found';
    case carrierServiceUnavailable:
      return 'service_unavailable_for_recipient';
    default:
      return 'carrier_rejected';
  }
};
