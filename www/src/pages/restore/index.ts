export { RestorePage as default } from './RestorePage';
