// A process that opens the project named in its arguments, writes one row and keeps the file open until it is killed.
import { openStore } from '../../src/main/store/store.ts';

const store = openStore(process.argv[2]!);
store.transaction(() => store.classes.add('written before the kill'));
process.send!('open');
setInterval(() => {}, 60_000);
