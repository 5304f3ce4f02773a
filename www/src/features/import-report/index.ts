export { WrongLines } from './WrongLines';
