/** The platform's own services: each scales, deploys and fails on its own. */
export const serviceNames = ['api', 'tenancy', 'routing', 'gateway'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** How many processes each service gets. */
export type Replicas = Readonly<Record<ServiceName, number>>;

/** As many ports as are set aside for each service. */
export const mostReplicas = 10;

export const isServiceName = (name: string): name is ServiceName =>
  serviceNames.some((known) => known === name);
