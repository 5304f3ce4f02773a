import { expect, it } from 'vitest';
import { isWarning, lacksRoles } from './findings';

const ROLES = 'roles that the archive names are missing: app; have them made with --create-roles, map them with --role-map OLD=NEW, or leave owners and grants out with --no-owner --no-privileges';

it('knows that roles can be made', () => {
  expect(lacksRoles([{ fatal: true, text: ROLES }])).toBe(true);
  expect(lacksRoles([{ fatal: true, text: 'the disk is full' }])).toBe(false);
});

it('warns of a loss, and of a backup of another database', () => {
  expect(isWarning('1 table of shop will be gone, because the archive does not have them: a')).toBe(true);
  expect(isWarning('the archive is of the database crm; its content replaces that of shop')).toBe(true);
  expect(isWarning('the archive is of the database shop_hf_kept_20261122000638_28fd; its content replaces that of shop')).toBe(false);
  expect(isWarning('the rows take about 75 MB')).toBe(false);
});
