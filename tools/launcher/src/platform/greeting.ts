import { relative } from 'node:path';
import { defaultData } from '../commands/options';
import { carrierUrl, frontUrl } from './plan';
import type { Plan } from './plan';

/** The option that names the folder again, where it isn't the default one. */
const dataFlag = (root: string): string => {
  const path = relative(process.cwd(), root);
  if (path === defaultData) return '';
  return ` --data '${(path.startsWith('..') ? root : path).replaceAll("'", "'\\''")}'`;
};

/** What a person is told once everything is up: where it is, and a first call to paste. */
export const greeting = (plan: Plan): string => {
  const api = frontUrl(plan);
  const flag = dataFlag(plan.folder.root);
  return `
Claw Messenger is up.

  API       ${api}/api        reference: ${api}/docs
  Socket    ws://127.0.0.1:${plan.ports.front}/ws
  Carrier   ${carrierUrl(plan)}            simulated
  Phones    ${carrierUrl(plan)}/           to open in a browser: text with the agents as a customer
  Data      ${plan.folder.root}

A first call: an agency, and its first subaccount.

  KEY=$(./claw agency --name Acme --email founder@acme.com${flag} | node -p 'JSON.parse(require("fs").readFileSync(0)).api_key')
  curl -s ${api}/api/agency/subaccounts -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d '{"name":"Acme Co"}'

./claw status${flag} shows how each part is, ./claw logs${flag} what it says, ./claw down${flag} stops all.
`;
};
