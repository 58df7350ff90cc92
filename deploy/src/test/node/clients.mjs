// The official clients for Node against a running Penstock: prints one line "ok NAME" or "FAILED NAME: reason" a check.
// Arguments: base URL, model, engine's API.
import OpenAI from 'openai';
import Anthropic from '@anthropic-ai/sdk';

const [url, model] = process.argv.slice(2);
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'test', maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: url, apiKey: 'test', maxRetries: 0 });
const messages = [{ role: 'user', content: 'What is a penstock?' }];
let failed = 0;

function check(condition, message) {
    if (!condition) throw new Error(message);
}

async function test(name, body) {
    try {
        await body();
        console.log(`ok ${name}`);
    } catch (e) {
        failed++;
        console.log(`FAILED ${name}: ${e.stack ?? e}`);
    }
}

async function raises(type, body) {
    try {
        await body();
    } catch (e) {
        check(e instanceof type, `expected ${type.name}, got ${e.constructor.name}: ${e.message}`);
        return e;
    }
    throw new Error(`expected ${type.name}, got an answer`);
}

function faulty(fault) {
    return openai.chat.completions.create({ model, messages }, { headers: { 'x-sim-fault': fault } });
}

await test('chat', async () => {
    const answer = await openai.chat.completions.create({ model, messages });
    check(answer.choices[0].message.content.length > 0, 'no content');
    check(answer.usage.total_tokens > 0, 'no usage');
});

await test('chat, streamed', async () => {
    const stream = await openai.chat.completions.create({ model, messages, stream: true });
    let text = '';
    let chunks = 0;
    for await (const chunk of stream) {
        chunks++;
        check(chunk.choices.length > 0, 'a chunk of usage that was not asked for');
        text += chunk.choices[0].delta.content ?? '';
    }
    check(chunks > 2 && text.length > 0, `only ${chunks} chunks`);
});

await test('chat, streamed with usage', async () => {
    const stream = await openai.chat.completions.create(
        { model, messages, stream: true, stream_options: { include_usage: true } });
    let usage = null;
    for await (const chunk of stream) usage = chunk.usage ?? usage;
    check(usage !== null && usage.completion_tokens > 0, 'no usage');
});

await test('completions', async () => {
    const answer = await openai.completions.create({ model, prompt: 'Once upon a time', max_tokens: 8 });
    check(answer.choices[0].text.length > 0, 'no text');
});

await test('completions, streamed', async () => {
    const stream = await openai.completions.create({ model, prompt: 'Once', max_tokens: 8, stream: true });
    let chunks = 0;
    for await (const chunk of stream) chunks += chunk.choices.length;
    check(chunks > 0, 'no chunks');
});

await test('embeddings', async () => {
    const answer = await openai.embeddings.create({ model, input: ['one', 'two'] });
    check(answer.data.length === 2 && answer.data[0].embedding.length > 0, 'no embeddings');
});

await test('models', async () => {
    const ids = [];
    for await (const entry of openai.models.list()) ids.push(entry.id);
    check(ids.includes(model), `models: ${ids}`);
});

await test('responses, and the response by its id', async () => {
    const answer = await openai.responses.create({ model, input: 'Hello' });
    check(answer.output_text.length > 0, 'no text');
    const again = await openai.responses.retrieve(answer.id);
    check(again.id === answer.id, 'another response');
});

await test('unknown model is a BadRequestError', async () => {
    const e = await raises(OpenAI.BadRequestError,
        () => openai.chat.completions.create({ model: 'no-such-model', messages }));
    check(e.code === 'model_not_found' && e.param === 'model', `${e.code} ${e.param}`);
});

await test('no messages is a BadRequestError', () => raises(OpenAI.BadRequestError,
    () => openai.chat.completions.create({ model, messages: [] })));

await test('unknown strategy is a BadRequestError', () => raises(OpenAI.BadRequestError,
    () => openai.chat.completions.create({ model, messages }, { headers: { 'routing-strategy': 'no-such' } })));

await test('unknown response is a NotFoundError', () => raises(OpenAI.NotFoundError,
    () => openai.responses.retrieve('resp_unknown')));

await test('401 of the engine is an AuthenticationError', () => raises(OpenAI.AuthenticationError,
    () => faulty('status=401')));
await test('404 of the engine is a NotFoundError', () => raises(OpenAI.NotFoundError, () => faulty('status=404')));
await test('422 of the engine is an UnprocessableEntityError', () => raises(OpenAI.UnprocessableEntityError,
    () => faulty('status=422')));
await test('429 of the engine is a RateLimitError', () => raises(OpenAI.RateLimitError, () => faulty('status=429')));
await test('500 of the engine is an InternalServerError', () => raises(OpenAI.InternalServerError,
    () => faulty('status=500')));
await test('503 of the engine is an InternalServerError', () => raises(OpenAI.InternalServerError,
    () => faulty('status=503')));

await test('a stream that breaks raises, it does not end', async () => {
    const stream = await openai.chat.completions.create({ model, messages, stream: true },
        { headers: { 'x-sim-fault': 'reset-mid-body' } });
    await raises(Error, async () => {
        for await (const chunk of stream) check(chunk, 'no chunk');
    });
});

await test('anthropic message', async () => {
    const answer = await anthropic.messages.create({ model, max_tokens: 16, messages });
    check(answer.content[0].text.length > 0 && answer.usage.output_tokens > 0, 'no content');
});

await test('anthropic message, streamed', async () => {
    const stream = anthropic.messages.stream({ model, max_tokens: 16, messages });
    const answer = await stream.finalMessage();
    check(answer.content[0].text.length > 0 && answer.usage.output_tokens > 0, 'no content');
});

await test('anthropic unknown model is a BadRequestError', () => raises(Anthropic.BadRequestError,
    () => anthropic.messages.create({ model: 'no-such-model', max_tokens: 16, messages })));

process.exit(failed === 0 ? 0 : 1);
