import { Command, CommanderError, Option } from 'commander';
import type { AgencyOptions } from './commands/agency';
import type { WhichLetters } from './commands/dead-letters';
import type { LogsOptions } from './commands/logs';
import { defaultData } from './commands/options';
import type { DataOption } from './commands/options';
import type { UpOptions } from './commands/up';
import { oneLine } from './failure';

// Each command loads what it needs: the supervisor stays for days, and what it doesn't load takes no memory.

const dataOption = (): Option =>
  new Option('--data <dir>', "the folder of the platform's data").default(defaultData);

const program = new Command('claw')
  .description('The local platform of Claw Messenger: start it, look at it, try it, test it.')
  .showHelpAfterError('(./claw --help shows what there is)')
  .exitOverride();

program
  .command('up')
  .description('start everything, and keep it running until Ctrl-C')
  .addOption(dataOption())
  .option('--port-base <port>', 'the first of the ports; all others follow', '8080')
  .option('--replicas <list>', 'processes a service, as gateway=2,routing=2', '')
  .option('--nats-nodes <count>', '1, or 3 for a cluster that keeps three copies of everything', '1')
  .option('--limits <kind>', 'default, or relaxed for load tests', 'default')
  .option('--detach', 'return once everything is ready')
  .action(async ({ detach, ...options }: UpOptions & { detach?: true }) => {
    const { report, upDetached } = await import('./commands/up-detached');
    if (detach) return console.log(await upDetached(options));
    const { up } = await import('./commands/up');
    const detached = process.send !== undefined;
    try {
      await up(options, (text) => (detached ? void report({ ready: text }) : console.log(text)));
    } catch (error) {
      await report({ failed: oneLine(error) });
      throw error;
    }
  });

program
  .command('down')
  .description('stop everything, in order; the data stays')
  .addOption(dataOption())
  .action(async (options: DataOption) => {
    const { down } = await import('./commands/down');
    console.error((await down(options)) ? 'stopped' : `nothing was up on ${options.data}`);
  });

program
  .command('status')
  .description('how each process is')
  .addOption(dataOption())
  .action(async (options: DataOption) => {
    const { status, statusTable } = await import('./commands/status');
    const rows = await status(options);
    console.log(statusTable(rows));
    if (rows.some(({ condition }) => condition !== 'ready')) process.exitCode = 1;
  });

program
  .command('logs')
  .description('the newest lines of what the processes say')
  .argument('[service]', 'as gateway, or gateway-2 for one replica')
  .addOption(dataOption())
  .option('-n, --lines <count>', 'how many of each', '50')
  .option('-f, --follow', 'go on with what comes', false)
  .action(async (service: string | undefined, options: LogsOptions) => {
    const { logs } = await import('./commands/logs');
    await logs(service, options);
  });

program
  .command('agency')
  .description('make an active agency; prints it with its parent key as JSON')
  .requiredOption('--name <name>')
  .requiredOption('--email <email>')
  .addOption(dataOption())
  .action(async (options: AgencyOptions) => {
    const { agency } = await import('./commands/agency');
    console.log(JSON.stringify(await agency(options), null, 2));
  });

program
  .command('rebuild')
  .description('rewrite a projection in place from the log, while services run')
  .argument('<projection>', 'as access, subaccounts, routes, quota; another name lists them')
  .addOption(dataOption())
  .action(async (projection: string, options: DataOption) => {
    const { rebuild } = await import('./commands/rebuild');
    console.log(JSON.stringify(await rebuild(projection, options)));
  });

const letters = program
  .command('dead-letters')
  .description('what consumers gave up on: look at it, hand it to them again, or drop it');

letters
  .command('list')
  .description('every dead letter: who gave up on what, when and why')
  .addOption(dataOption())
  .option('--json', 'for scripts', false)
  .action(async ({ json, ...options }: DataOption & { json: boolean }) => {
    const { listDeadLetters } = await import('./commands/dead-letters');
    const { letterTable } = await import('./dead-letters/letter-text');
    const list = await listDeadLetters(options);
    if (json) console.log(JSON.stringify(list, null, 2));
    else if (list.length > 0) console.log(letterTable(list));
    else console.error('there are no dead letters');
  });

letters
  .command('show')
  .description('one dead letter with its headers and its message')
  .argument('<id>')
  .addOption(dataOption())
  .action(async (id: string, options: DataOption) => {
    const { openDeadLetter } = await import('./commands/dead-letters');
    const { letterPage } = await import('./dead-letters/letter-text');
    console.log(letterPage(await openDeadLetter(id, options)));
  });

letters
  .command('replay')
  .description('hand it to the consumer that gave up on it, once, and to nobody else')
  .argument('[id]')
  .addOption(dataOption())
  .option('--all', 'every letter that is there now')
  .action(async (id: string | undefined, options: WhichLetters) => {
    const { replayDeadLetters } = await import('./commands/dead-letters');
    if (!(await replayDeadLetters({ ...options, id }, console.log))) process.exitCode = 1;
  });

letters
  .command('drop')
  .description('erase it for good')
  .argument('[id]')
  .addOption(dataOption())
  .option('--all', 'every letter that is there now')
  .action(async (id: string | undefined, options: WhichLetters) => {
    const { dropDeadLetters } = await import('./commands/dead-letters');
    if (!(await dropDeadLetters({ ...options, id }, console.log))) process.exitCode = 1;
  });

program
  .command('demo')
  .description('on a throw-away folder: a first conversation from end to end, as a transcript')
  .option('--data <dir>', 'use and keep this folder instead')
  .action(async (options: Partial<DataOption>) => {
    const { demo } = await import('./demo/demo');
    process.exitCode = (await demo(options)) ? 0 : 1;
  });

program
  .command('bench')
  .description('measure the platform beside bare baselines, in the same run')
  .option('--only <part>', 'only measurements with this in their name')
  .option('--full', 'also the long ones (◆): 10,000 idle sockets, 1,000,000 routes, rebuilds')
  .action(async (options: { only?: string; full?: true }) => {
    const { bench } = await import('@claw/bench');
    process.exitCode = (await bench(options)) ? 0 : 1;
  });

program
  .command('test')
  .description('lint, types, unit, integration and end-to-end tests; or one kind')
  .argument('[kind]', 'unit, int, e2e; or the long form of chaos, soak, fuzz')
  .option('--data <dir>', 'where what it starts keeps its data (a throw-away folder by default)')
  .action(async (kind: string | undefined, options: Partial<DataOption>) => {
    const { runTests } = await import('./testing/run-tests');
    process.exitCode = await runTests(kind, options);
  });

program.parseAsync().catch((error: unknown) => {
  process.exitCode = 1;
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else console.error(`claw: ${oneLine(error)}`);
});
