using System.Text;
using Overseer.Protocols.Grpc.Http2;

namespace Overseer.Protocols.Tests.Grpc;

public sealed class HeaderTests
{
    [Theory]
    [InlineData("f1e3c2e5f23a6ba0ab90f4ff", "www.example.com")] // RFC 7541, C.4 and C.6
    [InlineData("a8eb10649cbf", "no-cache")]
    [InlineData("d07abe941054d444a8200595040b8166e082a62d1bff", "Mon, 21 Oct 2013 20:13:21 GMT")]
    [InlineData("94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1")]
    [InlineData("", "")]
    public void Huffman_texts_of_the_standard_are_read(string hex, string text)
        => Assert.Equal(text, Encoding.ASCII.GetString(HuffmanText.Decode(Convert.FromHexString(hex))));

    [Theory]
    [InlineData("f1e3c2e5f23a6ba0ab90f4ffff")] // more than seven bits of padding
    [InlineData("f1e3c2e5f23a6ba0ab90f400")] // no padding but zeros
    [InlineData("ffffffff")] // the end
    public void Huffman_texts_that_end_wrongly_are_refused(string hex)
        => Assert.Throws<FormatException>(() => HuffmanText.Decode(Convert.FromHexString(hex)));

    [Fact]
    public void What_is_written_is_read_again()
    {
        string longText = new('x', 300);

        var fields = HeaderReader.Read(HeaderWriter.Write((":path", "/a"), ("grpc-message", longText), ("empty", ""), ("edge", new string('y', 127))));

        Assert.Equal([(":path", "/a"), ("grpc-message", longText), ("empty", ""), ("edge", new string('y', 127))], fields.Select(field => (field.Name, Encoding.UTF8.GetString(field.Value))));
    }

    [Fact]
    public void Every_form_of_a_field_is_read()
    {
        byte[] block =
        [
            0x20, // a dynamic table of no bytes
            0x88, // :status 200
            0x5f, 0x01, (byte)'a', // content-type, to be remembered
            0x40, 0x01, (byte)'n', 0x01, (byte)'v', // a new name, to be remembered
            0x10, 0x01, (byte)'s', 0x81, 0x1f, // never to be remembered, the value in Huffman's code: "a"
        ];

        Assert.Equal([(":status", "200"), ("content-type", "a"), ("n", "v"), ("s", "a")], HeaderReader.Read(block).Select(field => (field.Name, Encoding.ASCII.GetString(field.Value))));
    }

    [Theory]
    [InlineData("be")] // an entry of the dynamic table, which there is not
    [InlineData("80")] // index 0
    [InlineData("00")] // ends before the name
    [InlineData("000561")] // ends within the name
    [InlineData("00ffffffffff01")] // a number that is too long
    public void A_broken_block_is_refused(string hex) => Assert.Throws<FormatException>(() => HeaderReader.Read(Convert.FromHexString(hex)));
}
