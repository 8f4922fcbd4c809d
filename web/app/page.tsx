export default function Page() {
  return <h1 className="py-8 text-xl font-semibold">Barkeep</h1>;
}
