/** Kinds and states of jobs, as every page calls them. */
export const jobs = {
  title: 'Jobs',
  columns: { name: 'Job', state: 'State', kind: 'Kind', progress: 'Progress', by: 'Asked by', at: 'Made' },
  empty: { title: 'No job has run yet', body: 'Take a manual backup on the page DB Backup, and it is watched here.' },
  waitsFor: (what: string) => `It waits for ${what}.`,
  state: { queued: 'Waiting', running: 'Running', succeeded: 'Succeeded', failed: 'Failed', cancelled: 'Cancelled' },
  kind: {
    backup: 'Backup',
    restore: 'Restore',
    verify: 'Verification',
    delete: 'Deletion',
    preflight: 'Preflight',
    undo: 'Undo',
    assess: 'Assessment',
    migrate: 'Migration',
    export: 'Export of tables',
    rescan: 'Rescan',
    find: 'Search for new databases',
    resume: 'Resuming of services',
    retention: 'Deletion of old backups',
  } as Record<string, string>,
};
