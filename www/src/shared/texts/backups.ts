/** States, types and proofs of backups, as every page calls them. */
export const backups = {
  state: { good: 'Good', damaged: 'Damaged', missing: 'Missing', deleted: 'Deleted' },
  type: { scheduled: 'Scheduled', manual: 'Manual', safety: 'Safety', uploaded: 'Uploaded', found: 'Found' },
  proof: { 'rows counted': 'Rows counted', verified: 'Verified', restored: 'Proved by a restore' },
};
