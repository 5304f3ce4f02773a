/** Kinds and states of jobs, as every page calls them. */
export const jobs = {
  state: { queued: 'Waiting', running: 'Running', succeeded: 'Succeeded', failed: 'Failed', cancelled: 'Cancelled' },
  kind: {
    backup: 'Backup',
    restore: 'Restore',
    verify: 'Verification',
    delete: 'Deletion',
    preflight: 'Preflight',
    undo: 'Undo',
    rescan: 'Rescan',
  } as Record<string, string>,
};
