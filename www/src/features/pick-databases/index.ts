export { PickDatabases } from './PickDatabases';
