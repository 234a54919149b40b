/** The main story in Chromium: first run, backup, damage, comparison, restore, proof. */
import assert from 'node:assert/strict';

/** Plays the story on a page; `home` is the address of the window with the mock's first run. */
export async function playStory(page, home) {
  const byId = (id) => page.getByTestId(id);
  const press = (id) => byId(id).first().click();

  await page.goto('about:blank');
  await page.goto(home);
  await press('setup-sandbox');
  await press('setup-first-backup');
  await press('backup-create-confirm');
  await press('backup-verify-now');
  await byId('verify-result').waitFor();
  assert.equal(await byId('verify-result').getAttribute('data-verdict'), 'verified');

  await press('nav-overview');
  await press('damage-open');
  await press('damage-confirm');
  await press('damage-compare');
  await press('backup-compare');
  await press('compare-start');
  await byId('compare-result').waitFor();
  assert.equal(await byId('compare-result').getAttribute('data-verdict'), 'attention');

  await press('restore-start');
  await press('restore-plan');
  await press('restore-to-confirm');
  assert.equal(await byId('restore-apply').isDisabled(), true, 'nothing is applied before the name is typed');
  await byId('restore-confirm-name').fill('avalo');
  assert.equal(await byId('restore-apply').isDisabled(), true, 'a part of the name is not the name');
  await byId('restore-confirm-name').fill('avalon');
  await press('restore-apply');
  await byId('restore-verified').waitFor();
  assert.equal(await byId('restore-verified').getAttribute('data-verified'), 'true');
  assert.equal(await byId('restore-undo').isVisible(), true, 'a restore in place can be undone');
}
