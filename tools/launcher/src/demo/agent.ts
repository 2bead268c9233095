import { once } from 'node:events';
import { withDeadline } from '@claw/kernel';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { NotSo } from './transcript';

const waitMs = 10_000;
const frameSchema = z.looseObject({ type: z.string() });

/** A frame as an agent gets it. */
export type Frame = z.infer<typeof frameSchema>;

/** A subaccount's agent: one live socket, and every frame that came over it. */
export class Agent {
  private readonly frames: Frame[] = [];
  private readonly closing: Promise<number>;
  private arrived = (): void => undefined;

  private constructor(
    readonly name: string,
    private readonly socket: WebSocket,
  ) {
    socket.on('message', (data) => {
      this.frames.push(frameSchema.parse(JSON.parse(String(data))));
      this.arrived();
    });
    this.closing = new Promise((resolve) => socket.once('close', resolve));
  }

  /** Connects with a subaccount's key and waits for `ready`. */
  static async connect(name: string, address: string, key: string): Promise<Agent> {
    const socket = new WebSocket(address, { headers: { authorization: `Bearer ${key}` } });
    const agent = new Agent(name, socket);
    socket.on('error', () => undefined);
    await withDeadline(`${name}'s socket`, waitMs, once(socket, 'open'));
    await agent.gets('ready');
    return agent;
  }

  /** The status with which the door refuses a key before the upgrade. */
  static refusal(address: string, key: string): Promise<number | undefined> {
    const socket = new WebSocket(address, { headers: { authorization: `Bearer ${key}` } });
    const refused = new Promise<number | undefined>((resolve) => {
      socket.once('unexpected-response', (request, response) => {
        request.destroy();
        resolve(response.statusCode);
      });
      socket.once('open', () => {
        socket.close();
        resolve(undefined);
      });
      socket.on('error', () => undefined);
    });
    return withDeadline('the refusal of a dead key', waitMs, refused);
  }

  /** Sends a text and gives what the gateway answers. */
  async send(id: string, to: string, text: string): Promise<Frame> {
    this.socket.send(JSON.stringify({ type: 'send', id, to, parts: [{ type: 'text', value: text }] }));
    return this.gets('send.result', (frame) => frame['id'] === id);
  }

  /** The first frame of a type that fits, come already or still to come. Throws where none does in time. */
  gets(type: string, fits: (frame: Frame) => boolean = () => true): Promise<Frame> {
    const found = new Promise<Frame>((resolve) => {
      this.arrived = () => {
        const frame = this.frames.find((each) => each.type === type && fits(each));
        if (frame !== undefined) resolve(frame);
      };
      this.arrived();
    });
    return withDeadline(`${this.name} waiting for "${type}"`, waitMs, found);
  }

  /** Whether a frame of a type that fits has come by now. */
  has(type: string, fits: (frame: Frame) => boolean): boolean {
    return this.frames.some((frame) => frame.type === type && fits(frame));
  }

  /** The code with which the socket is closed. */
  closed(): Promise<number> {
    return withDeadline(`${this.name}'s socket closing`, waitMs, this.closing).catch(() => {
      throw new NotSo(`${this.name}'s socket stayed open`);
    });
  }

  async leave(): Promise<void> {
    this.socket.close();
    await withDeadline(`${this.name} leaving`, waitMs, this.closing).catch(() => this.socket.terminate());
  }
}
