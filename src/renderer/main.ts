import { mount } from 'svelte';
import App from './App.svelte';
import { chooseHost } from './host/host.ts';
import { createAppState } from './state/app-state.ts';
import './styles/tokens.css';
import './styles/base.css';

const state = createAppState(chooseHost());
mount(App, { target: document.getElementById('app')!, props: { state } });
void state.connection.open();
