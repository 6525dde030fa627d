import type { Answer } from '../program.ts';
import type { Session } from '../session.ts';
import { toTable } from '../table.ts';

/** Which execution providers work on this machine, the first that does being the one that `auto` takes. */
export async function doctor(session: Session): Promise<Answer> {
  const providers = await session.call('app.providers', {});
  const chosen = providers.find(({ works }) => works)?.name;
  return {
    json: { providers, chosen },
    lines: toTable(
      ['provider', 'works', ''],
      providers.map(({ name, works, reason }) => [
        name,
        works ? 'yes' : 'no',
        reason ?? (name === chosen ? 'taken by auto' : ''),
      ]),
    ),
  };
}
