/** A subaccount that holds somebody's number. */
export interface NumberHolder {
  readonly subaccountId: string;
  readonly agencyId: string;
}

export interface GroupFacts<Holder extends NumberHolder> {
  /** The agency of the sending number that is in the group. */
  readonly agencyId: string;
  /** The subaccount that opened it, or whose it was so far. */
  readonly openedBy: string | undefined;
  /** Who held the number of each person in it when the message was sent: the sender first, then in their order. */
  readonly holders: readonly (Holder | undefined)[];
}

/**
 * Whose a group is: of the one who opened it for as long as it holds the number of anybody in it, else of the first
 * who does. Subaccounts of other agencies have no part in it; undefined where nobody is left.
 */
export const groupOwner = <Holder extends NumberHolder>({
  agencyId,
  openedBy,
  holders,
}: GroupFacts<Holder>): Holder | undefined => {
  const ours = holders.filter((holder): holder is Holder => holder?.agencyId === agencyId);
  return ours.find(({ subaccountId }) => subaccountId === openedBy) ?? ours[0];
};
