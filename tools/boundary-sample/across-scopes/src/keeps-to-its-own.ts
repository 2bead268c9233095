// What an app may use: lint has to let this pass.
import * as kernel from '@claw/kernel';
import * as tenancy from '@claw/tenancy-domain';

export const allowed = [kernel, tenancy];
