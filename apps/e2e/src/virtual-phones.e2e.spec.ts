import { PhoneOnPage, describeInBrowser, openBrowser } from '@claw/testing';
import type { BrowserContext } from 'playwright-core';
import { Agent } from './support/agent';
import type { RunFile } from './support/claw';
import { sharedPlatform } from './support/shared-platform';
import { newAgency, newRoute, newSubaccount } from './support/tenants';

describeInBrowser('a virtual phone', () => {
  let run: RunFile;
  let browser: BrowserContext;
  beforeAll(async () => {
    run = await sharedPlatform().run();
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser.close());

  it('talks with an agent: what one types, sends and reads the other sees', async () => {
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency);
    const customer = await newRoute(subaccount);
    const agent = await Agent.connect(run.socket, subaccount.key);
    const page = await browser.newPage();
    await PhoneOnPage.open(page, run.carrier, '+12125550100');
    const phone = await PhoneOnPage.pickUp(page, customer);
    await phone.readByItself(false);

    await phone.startThread(agency.sendingNumber, 'Is anybody there?');
    const question = await agent.first('message', (frame) => frame['text'] === 'Is anybody there?');
    const { chatId } = question;
    agent.send({ type: 'read', chatId });
    await phone.sees('Is anybody there?', 'read');

    agent.send({ type: 'typing.start', chatId });
    await phone.seesDots(agency.sendingNumber);
    const sent = await agent.text('answer', customer, 'Always.');
    expect(sent).toMatchObject({ ok: true });
    await phone.sees('Always.', 'delivered');
    await phone.seesNoDots();
    await phone.markRead();
    await phone.sees('Always.', 'read');
    await agent.first('status', (frame) => frame['id'] === 'answer' && frame['status'] === 'read');

    await phone.box.pressSequentially('Goo');
    await agent.first('typing', (frame) => frame['from'] === customer && frame['state'] === 'started');
    await phone.send('Good.');
    await agent.first('message', (frame) => frame['text'] === 'Good.');
    await phone.react('Always.', 'love');
    await agent.first('reaction', (frame) => frame['from'] === customer);
    await agent.close();
  }, 60_000);
});
