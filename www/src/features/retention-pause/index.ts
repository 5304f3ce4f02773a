export { PauseNotice } from './PauseNotice';
