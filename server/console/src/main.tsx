import { render } from 'preact';
import { App } from './app';
import './style.css';
import './parts.css';

render(<App />, document.getElementById('app')!);
