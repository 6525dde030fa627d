// lint: no-restricted-syntax
export default 1;
