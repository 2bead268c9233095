import {
  e164Schema,
  type Person,
  type PhoneNumber,
  type ReactionType,
  reactionTypeSchema,
} from '@claw/contracts';
import type { Instant } from '@claw/kernel';
import { done, type Outcome, retry } from '@claw/messaging';
import { Injectable } from '@nestjs/common';
import { Feed } from '../feed/feed';
import { CustomerReactions, type ReactionPlace } from '../ledger/customer-reactions';
import { KnownMessages, type MessagePlace } from '../ledger/known-messages';
import type { CarrierReactionData } from './carrier-events';
import { GroupChats } from './group-chats';
import { type DropReason, reactionOutcomes } from './inbound.metrics';
import { MessageOwner } from './message-owner';
import { looks } from './report-delivery';

interface Reaction {
  readonly from: PhoneNumber;
  readonly reactionType: ReactionType;
  readonly remove: boolean;
  readonly at: Instant;
}

/** A customer's reaction to a message of either direction. */
@Injectable()
export class ReceiveReaction {
  constructor(
    private readonly known: KnownMessages,
    private readonly owners: MessageOwner,
    private readonly groups: GroupChats,
    private readonly shown: CustomerReactions,
    private readonly feed: Feed,
  ) {}

  /** Tells the message's subaccount once, however often it comes. Throws `Unavailable`. */
  async receive(
    data: CarrierReactionData,
    { remove, createdAt }: { readonly remove: boolean; readonly createdAt: Instant },
    attempt: number,
  ): Promise<Outcome> {
    const outcome = await this.outcomeOf(data, remove, createdAt);
    if (outcome === 'unknown_message' && attempt < looks) {
      return retry(undefined, { reason: 'the message isn’t known yet' });
    }
    reactionOutcomes.inc({ outcome });
    return done();
  }

  private async outcomeOf(data: CarrierReactionData, remove: boolean, createdAt: Instant): Promise<string> {
    if (data.is_from_me) return 'our_own';
    // A custom emoji or a sticker has no name that agents know.
    const reactionType = reactionTypeSchema.safeParse(data.reaction_type).data;
    if (reactionType === undefined) return 'other_kind';
    const from = e164Schema.safeParse(data.from_handle?.handle ?? data.from).data;
    if (from === undefined) return 'not_a_number';
    const message = await this.known.ofCarrier(data.message_id);
    if (message === undefined) return 'unknown_message';
    const reaction = { from, reactionType, remove, at: data.reacted_at ?? createdAt };
    const shownFrom = await this.shownFrom(reaction, message);
    if ('dropped' in shownFrom) return shownFrom.dropped;
    const { message_id: carrierMessageId, part_index: partIndex = 0 } = data;
    const { carrierChatId } = message;
    const place = { carrierChatId, carrierMessageId, partIndex, handle: from };
    return this.show(place, reaction, () => this.tell(reaction, message, shownFrom.person));
  }

  /** As whom the message's subaccount may see the one who reacts, if it may at all. */
  private async shownFrom(
    { from, at }: Reaction,
    { agencyId, subaccountId, line, group }: MessagePlace,
  ): Promise<{ readonly person: Person } | { readonly dropped: DropReason | 'other_subaccount' }> {
    if (group === undefined) {
      const owner = await this.owners.of(from, agencyId, at);
      if (typeof owner === 'string') return { dropped: owner };
      return owner.subaccountId === subaccountId ? { person: from } : { dropped: 'other_subaccount' };
    }
    const view = await this.groups.at({ ...group, from, line, agencyId, at });
    if (view === undefined) return { dropped: 'unregistered_group' };
    return view.group.subaccountId === subaccountId ? { person: view.from } : { dropped: 'other_subaccount' };
  }

  /** What is known, by a webhook or from the carrier's lists, isn't told again. */
  private async show(
    place: ReactionPlace,
    { reactionType: type, remove, at }: Reaction,
    announce: () => Promise<void>,
  ): Promise<'delivered' | 'repeated'> {
    const outcome = await this.shown.change(place, { type, remove, at }, announce);
    return outcome === 'changed' ? 'delivered' : 'repeated';
  }

  private async tell(
    { reactionType, remove, at: timestamp }: Reaction,
    { subaccountId, messageId, chatId }: MessagePlace,
    from: Person,
  ): Promise<void> {
    await this.feed.reaction(subaccountId, {
      type: 'reaction',
      from,
      chatId,
      messageId,
      reactionType,
      remove,
      timestamp,
    });
  }
}
