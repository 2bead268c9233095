import { groupChatId, type Person, personSchema, type PhoneNumber } from '@claw/contracts';
import { type Instant, Unavailable } from '@claw/kernel';
import { groupOwner, standIn } from '@claw/routing-domain';
import { Injectable } from '@nestjs/common';
import { ChatDirectory } from '../dispatch/chat-directory';
import { chatEntryOf, type GroupRow, GroupTable } from '../ledger/group-table';
import { CarrierChats } from './carrier-chats';
import { type Holders, MessageOwner, type Owner } from './message-owner';

/** Somebody does something in a group. */
export interface GroupAct {
  readonly carrierChatId: string;
  readonly from: PhoneNumber;
  readonly line: PhoneNumber;
  /** The agency that the sending number in the group belongs to. */
  readonly agencyId: string;
  readonly at: Instant;
}

/** The group that it happens in, as its subaccount may see it. */
export interface GroupView {
  readonly group: GroupRow;
  readonly from: Person;
  readonly participants: readonly Person[];
}

/** Replicas that get in each other's way begin again; one of them is done each time. */
const tries = 10;

/** Says whose a group is, and keeps who is in it. Everything throws `Unavailable`. */
@Injectable()
export class GroupChats {
  constructor(
    private readonly owners: MessageOwner,
    private readonly table: GroupTable,
    private readonly directory: ChatDirectory,
    private readonly carrier: CarrierChats,
  ) {}

  /** The group that something happens in, known to everybody from then on; undefined where it is nobody's. */
  async at(act: GroupAct): Promise<GroupView | undefined> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const [row, then] = await Promise.all([
        this.table.ofCarrierChat(act.carrierChatId),
        this.table.ofCarrierChatAt(act.carrierChatId, act.at),
      ]);
      const people = await this.peopleOf(row, act);
      const holders = await this.owners.holders(people, act.at);
      const owner = groupOwner({
        agencyId: act.agencyId,
        openedBy: (then ?? row)?.subaccountId,
        holders: [act.from, ...people].map((number) => holders.get(number)?.then),
      });
      if (owner === undefined) return undefined;
      const group = (await this.former(row, then, owner)) ?? (await this.settle(row, people, owner, act));
      if (group !== undefined) return viewOf(group, act, holders);
    }
    throw new Unavailable('the groups');
  }

  /** Brings a group's people up to date, if it is one of ours: who was asked last is right, whichever notice came last. */
  async refresh(carrierChatId: string): Promise<void> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const row = await this.table.ofCarrierChat(carrierChatId);
      if (row === undefined) return;
      const chat = await this.carrier.chat(carrierChatId);
      if (chat === undefined) return;
      if (await this.table.change(row.chatId, row.participants, chat.people)) {
        await this.publish(row.chatId);
        return;
      }
    }
    throw new Unavailable('the groups');
  }

  private async peopleOf(
    row: GroupRow | undefined,
    { carrierChatId, from }: GroupAct,
  ): Promise<readonly PhoneNumber[]> {
    const people = row?.participants ?? (await this.carrier.chat(carrierChatId))?.people ?? [];
    return people.includes(from) ? people : [...people, from];
  }

  /** The group that the carrier's chat was when a late message was sent, if it is another one by now. */
  private async former(
    row: GroupRow | undefined,
    then: Pick<GroupRow, 'chatId' | 'subaccountId'> | undefined,
    { subaccountId }: Owner,
  ): Promise<GroupRow | undefined> {
    const moved = then?.subaccountId === subaccountId && row?.subaccountId !== subaccountId;
    return moved ? this.table.ofChat(then.chatId) : undefined;
  }

  /** The owner's group in the carrier's chat; undefined where another replica changed it meanwhile. */
  private async settle(
    row: GroupRow | undefined,
    people: readonly PhoneNumber[],
    { subaccountId, agencyId }: Owner,
    { carrierChatId, line: sendingNumber, at }: GroupAct,
  ): Promise<GroupRow | undefined> {
    if (row?.subaccountId === subaccountId) {
      const changes = people.length !== row.participants.length;
      if (changes && !(await this.table.change(row.chatId, row.participants, people))) return undefined;
      await this.publish(row.chatId);
      return { ...row, participants: people };
    }
    const chatId = groupChatId(subaccountId, people);
    const group = { chatId, subaccountId, agencyId, sendingNumber, participants: people, carrierChatId };
    if (!(await this.table.tie(group, at, row))) {
      const now = await this.table.ofCarrierChat(carrierChatId);
      if (row === undefined || now?.chatId !== row.chatId) return undefined;
      await this.table.keep(group);
    }
    await Promise.all([this.publish(chatId), row && this.publish(row.chatId)]);
    return group;
  }

  private async publish(chatId: string): Promise<void> {
    await this.directory.project(chatId, async () => {
      const row = await this.table.ofChat(chatId);
      return row && chatEntryOf(row);
    });
  }
}

const viewOf = (
  group: GroupRow,
  { carrierChatId, from }: GroupAct,
  holders: ReadonlyMap<PhoneNumber, Holders>,
): GroupView => {
  const shown = (number: PhoneNumber): Person =>
    isOthers(holders.get(number), group.subaccountId)
      ? personSchema.parse(standIn(carrierChatId, number))
      : number;
  return { group, from: shown(from), participants: group.participants.map(shown) };
};

/** Whether a number is for others to know: another subaccount's now, or then. */
const isOthers = (holders: Holders | undefined, subaccountId: string): boolean =>
  holders?.then?.subaccountId !== subaccountId &&
  [holders?.then, holders?.now].some(
    (holder) => holder !== undefined && holder.subaccountId !== subaccountId,
  );
