import { expect, it } from 'vitest';
import { inPage } from './inPage';

it('says of the command line’s options what they are called in the wizard', () => {
  const others = 'stop them and try again, or take what is there now with --others go-on: what they write later stays behind';
  expect(inPage(others)).not.toContain('--');
  expect(inPage('role "shop" is missing: --create-roles makes it')).not.toContain('--');
});
