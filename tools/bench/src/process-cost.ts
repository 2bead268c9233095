import { readFile } from 'node:fs/promises';

/** Linux counts CPU in hundredths of a second, whatever its own clock runs at (`USER_HZ`, proc(5)). */
const ticksPerSecond = 100;
const userTicks = 13;
const systemTicks = 14;

/** Seconds of CPU that a process has used, its own and the kernel's on its behalf. */
export const cpuSeconds = async (pid: number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold spaces.
  const fields = ['', '', ...stat.slice(stat.lastIndexOf(')') + 2).split(' ')];
  return (Number(fields[userTicks]) + Number(fields[systemTicks])) / ticksPerSecond;
};

/** Bytes of memory that are a process's right now (`VmRSS`). */
export const residentBytes = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) * 1_024;
};
