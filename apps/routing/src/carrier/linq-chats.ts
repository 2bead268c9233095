import { e164Schema } from '@claw/contracts';
import type { LinqAPIV3 } from '@linqapp/sdk';
import { z } from 'zod';
import { type CarrierChat, CarrierChats } from '../inbound/carrier-chats';
import { linqClient, type LinqOptions } from './linq-client';
import { faultOf, isChatUnknown } from './linq-failures';

const handleSchema = z.looseObject({
  handle: z.string(),
  is_me: z.boolean().nullish(),
  left_at: z.string().nullish(),
  status: z.string().nullish(),
});
const chatSchema = z.looseObject({ id: z.string().min(1), handles: z.array(handleSchema) });

/** Reads chats by Linq's Partner API v3. */
export class LinqChats extends CarrierChats {
  private readonly client: LinqAPIV3;

  constructor(options: LinqOptions) {
    super();
    this.client = linqClient(options);
  }

  override async chat(carrierChatId: string): Promise<CarrierChat | undefined> {
    try {
      return toChat(chatSchema.parse(await this.client.chats.retrieve(carrierChatId)));
    } catch (error) {
      if (isChatUnknown(error)) return undefined;
      throw faultOf(error);
    }
  }
}

/** Of those who write by mail address, and of those who have left, there is nothing to say. */
const toChat = ({ id, handles }: z.output<typeof chatSchema>): CarrierChat => ({
  id,
  people: handles.flatMap(({ handle, is_me: isMe, left_at: leftAt, status }) => {
    const number = e164Schema.safeParse(handle);
    const here = !isMe && !leftAt && (status ?? 'active') === 'active';
    return here && number.success ? [number.data] : [];
  }),
});
