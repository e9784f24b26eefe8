import { render } from 'preact';
import { App } from './app';
import './style.css';
import './parts.css';
import './chart.css';

render(<App />, document.getElementById('app')!);
