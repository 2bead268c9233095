/** The role that owns the cluster, and the database that the services share, a schema each. */
export const superuser = 'claw';
export const database = 'claw';

/**
 * Small, for one machine that runs everything else too; what is acknowledged is on disk (`fsync` and
 * `synchronous_commit` stay on).
 */
export const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '32MB',
  work_mem: '2MB',
  maintenance_work_mem: '16MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  max_worker_processes: '2',
  max_parallel_workers_per_gather: '0',
  io_method: 'sync',
  jit: 'off',
  lc_messages: 'C',
  log_timezone: 'UTC',
  timezone: 'UTC',
};
