export { MigratePage as default } from './MigratePage';
