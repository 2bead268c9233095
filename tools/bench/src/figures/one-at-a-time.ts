import { seedTenants } from '../bench-tenants';
import { atMost, type Figure } from '../figure';
import { openSocket, sendLatencies, type Sender } from '../load/send-load';
import { compared, interleaved, percentile } from '../rounds';
import { Workbench } from '../workbench';

const rounds = 5;
const sends = 1_000;
const warmUp = 200;

/** One send after the other to its result, beside a bare socket's round trip and a bare publish in one. */
export const oneAtATime = (): Promise<readonly Figure[]> =>
  Workbench.use(async (bench) => {
    const [tenant] = await seedTenants(bench.link, 1);
    if (tenant === undefined) throw new Error('no tenant was made');
    const gateway = await bench.service('gateway');
    const minimal = await bench.baseline('minimal-handler');
    const ours = await openSocket(`ws://127.0.0.1:${gateway.port}/ws?key=${tenant.key}`, tenant.phone, true);
    const beside = await openSocket(`ws://127.0.0.1:${minimal.port}/ws`, tenant.phone, false);
    const measure = async (sender: Sender): Promise<readonly number[]> => {
      await sendLatencies(sender, warmUp);
      return sendLatencies(sender, sends);
    };
    const samples = await interleaved(
      rounds,
      () => measure(ours),
      () => measure(beside),
    );
    ours.close();
    beside.close();
    const at = (share: number) =>
      samples.map((each) => ({ ours: percentile(each.ours, share), beside: percentile(each.beside, share) }));
    return [
      compared('send → send.result, ms, p50', at(0.5), atMost(1.3)),
      compared('send → send.result, ms, p99', at(0.99), atMost(3)),
    ];
  });
