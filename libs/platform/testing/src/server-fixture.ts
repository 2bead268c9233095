import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a real server offers, whichever it is and however many processes it has. */
interface Server {
  readonly url: string;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Starts it on its data; on the ports of `before`, where it ran before. */
type Start<Running extends Server> = (dataDir: string, before: Running | undefined) => Promise<Running>;

const START_DEADLINE_MS = 60_000;

/** A real server of the test's own, with its own data, on ports of its own. */
export class ServerFixture<Running extends Server> {
  private running: Running | undefined;
  private last: Running | undefined;
  private dataDir = '';

  constructor(private readonly start: Start<Running>) {}

  /** The server; only from `beforeAll` on. It stays known while it is down. */
  get server(): Running {
    if (!this.last) throw new Error('the server is started in beforeAll: ask for it in a hook or a test');
    return this.last;
  }

  get url(): string {
    return this.server.url;
  }

  /** Starts it, again on the same ports and data where it ran before. */
  async up(): Promise<void> {
    if (this.running) return;
    this.dataDir ||= await mkdtemp(join(tmpdir(), 'claw-test-'));
    this.running = await this.start(this.dataDir, this.last);
    this.last = this.running;
  }

  /** Stops it in order; its data stays for {@link up}. */
  async down(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  /** Ends it at once, as a crash would; its data stays for {@link up}. */
  async crash(): Promise<void> {
    await this.running?.kill();
    this.running = undefined;
  }

  async dispose(): Promise<void> {
    await this.crash();
    if (this.dataDir) await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** Registers the hooks: call it in a `describe` or at the top of the file. */
export const withServer = <Running extends Server>(start: Start<Running>): ServerFixture<Running> => {
  const fixture = new ServerFixture(start);
  beforeAll(() => fixture.up(), START_DEADLINE_MS);
  afterAll(() => fixture.dispose(), START_DEADLINE_MS);
  return fixture;
};
