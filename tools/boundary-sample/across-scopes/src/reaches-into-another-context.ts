// An app may use a domain, but not another context's: lint has to refuse this by scope.
import * as routing from '@claw/routing-domain';

export const broken = routing;
