export { ServersPage as default } from './ServersPage';
