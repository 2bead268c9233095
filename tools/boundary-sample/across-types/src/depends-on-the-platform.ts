// The platform is open to every scope, but a domain is pure: lint has to refuse this by type.
import * as messaging from '@claw/messaging';

export const broken = messaging;
