/** What parts of every page say. */
export const common = {
  problem: { code: 'Code', meaning: 'What it means', request: 'Request', retry: 'Try again' },
  confirm: { cancel: 'Cancel', type: (name: string) => `Type ${name} to confirm` },
  leaving: { title: 'Leave without saving?', body: 'What was changed here is not saved, and will be lost.', confirm: 'Leave' },
  table: {
    actions: 'Actions',
    any: 'Any',
    clear: 'Clear filters',
    from: 'From',
    to: 'To',
    menu: (name: string) => `Actions for ${name}`,
    next: 'Next',
    nothingFound: 'Nothing matches. Change or clear the filters.',
    page: (page: number) => `Page ${String(page)}`,
    pages: (label: string) => `Pages of ${label}`,
    previous: 'Previous',
    search: 'Search by name',
    select: (name: string) => `Select ${name}`,
    selectAll: 'Select all of this page',
  },
  checkSteps: {
    label: 'Steps of the test',
    state: { ok: 'done', warning: 'needs a look', failed: 'failed', skipped: 'not reached' },
  },
  copy: { verb: 'Copy', done: 'Copied', of: (what: string) => `Copy ${what}` },
  save: 'Save',
  close: 'Close',
};
